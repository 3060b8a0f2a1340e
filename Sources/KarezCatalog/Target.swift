// Content follows with the first commit of this target.
