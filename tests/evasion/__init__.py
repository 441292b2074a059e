"""The techniques that hide content or names from a gateway, by rows, each with a twin that must be delivered.

rows.py says what the rows are, sample.py what a sample and its load are; each group of techniques is a module with
`cases(load)`, called once with the evil load and once with the harmless one. suite.py puts them together.
"""
