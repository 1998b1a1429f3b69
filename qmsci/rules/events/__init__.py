"""Rules on quality events."""
