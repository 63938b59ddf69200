"""The real controller with made-up signs, for pictures of its pages and for what they cost."""
