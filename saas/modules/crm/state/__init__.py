"""What browsers may ask of CRM; each handler calls one verb."""
