"""Load tests and micro benchmarks. They stay on loopback, bound themselves in count and time, and stop what they
started.
"""
