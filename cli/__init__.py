"""What can be typed: one file a command, heavy things inside the bodies."""
