"""Appointments: a person, a service, a time; nobody is booked twice at once."""
