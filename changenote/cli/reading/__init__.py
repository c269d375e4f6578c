"""What finds notes and shows them."""
