"""The gateway as its users meet it: real processes, real sockets, a next hop that is not ours."""
