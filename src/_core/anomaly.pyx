# cython: language_level=3
"""Names of the anomaly flags that the core raises: what is not plain RFC 5322 or RFC 2045 in a message."""

ANOMALIES = tuple([item.name.lower() for item in Anomaly])


cpdef tuple names(Flags flags):
    """The names of the raised flags, in the order of ANOMALIES."""
    if flags == 0:
        return ()
    return tuple([name for index, name in enumerate(ANOMALIES) if flags >> index & 1])
