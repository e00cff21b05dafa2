"""What nlpcell learns from: readers of the user's files, and the corpora that come with it."""
