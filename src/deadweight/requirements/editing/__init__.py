"""Requirements taken out of a project's files and put in, all else left as it is, byte for byte."""
