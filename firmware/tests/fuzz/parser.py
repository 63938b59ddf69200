"""A parser under test: what it is given, what it may answer, and what must hold afterwards."""

from fuzz.json_mutation import mutated_json, tokens
from fuzz.mutation import mutated


class Parser:
    """One row of the table. `name` says what it reads, `refusals` whose promise it is to say no.

    `is_portable`: both interpreters judge every input alike, word for word.
    """

    name = ""
    is_portable = True

    def __init__(self):
        self.corpus = [bytes(each) for each in self.seeds()]

    def seeds(self):
        """Good messages, and what was found to be hard before."""
        raise NotImplementedError

    def make(self, dice):
        """The next input."""
        return mutated(dice, self.corpus)

    def take(self, data):
        """None when something in it was taken, else the word for which all of it was refused. Whatever it
        raises is a fault of the parser's, AssertionError where it broke its contract."""
        raise NotImplementedError

    def goes_on(self):
        """Assert that the next good message is taken, whatever came before."""
        raise NotImplementedError


class JsonParser(Parser):
    """Of a parser whose messages are JSON. Only the two interpreters' libraries differ in what is JSON."""

    is_portable = False

    def __init__(self):
        super().__init__()
        self.documents = [tokens(text) for text in self.corpus]

    def make(self, dice):
        return mutated_json(dice, self.corpus, self.documents)
