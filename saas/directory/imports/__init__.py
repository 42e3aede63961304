"""Files of other programs become rows of the company: read, mapped, checked, then written in one act.

``reading`` turns any table file into one plain shape; ``mapping`` proposes which column is which field;
``checking`` says what would happen before anything does; ``running`` does it, whole or not at all.
What can be imported is declared as a ``Target`` by the room that owns the rows.
"""
