"""How fast what users do is: ``make bench``, ``make bench AREA=crm``."""
