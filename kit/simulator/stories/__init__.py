"""The stories: one a file, file name = id and name. A… are attacks, B… look like attacks and are none."""
