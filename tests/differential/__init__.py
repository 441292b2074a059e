"""Our reading of mail held against other parsers', on mails that a grammar of our own makes.

`python -m differential SECONDS` (make differential) looks for leaves and file names that another parser sees and we do
not, in a message that nothing holds back. `fixtures/` are the mails in which there was one; they are tests. Parsers are
fetched by .ci/peers; the tests need none.
"""
