"""Work orders: one matter of a customer, from its opening until the customer was told."""
