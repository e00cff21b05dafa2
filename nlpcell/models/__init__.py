"""The networks of the tasks, in torch. They know nothing of files, devices or processes."""
