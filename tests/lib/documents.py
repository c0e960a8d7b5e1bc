# SPDX-License-Identifier: GPL-2.0-only
"""The documents as the tests read them: their headings, links and runnable blocks.

A fenced block whose info string is `console runnable` shows what somebody types in `make vm-shell` and
sees there. Lines that begin with "# " or "$ " are commands, "> " goes on with one; the others are what it
prints, where … stands for any text on the line and, alone on a line, for any number of lines.
"""

import re

RUNNABLE = 'console runnable'
ANY = '…'

_FENCE = re.compile(r'^ {0,3}(`{3,}|~{3,})\s*(.*?)\s*$')
_HEADING = re.compile(r'^#{1,6}\s+(.*?)\s*#*$')
# A span of code outside of links is passed over, so that it can show what a link looks like.
_LINK = re.compile(r'(?P<span>`+)(?P<code>.+?)(?P=span)(?!`)'
                   r'|!?\[(?P<text>(?:`[^`]*`|[^\]`])*)\]\((?P<target>[^)\s]+)(?:\s+"[^"]*")?\)', re.S)


class Block:
    """A fenced block: its info string, lines, the number of its first line, the heading above it."""

    def __init__(self, info, line, heading):
        self.info, self.line, self.heading = info, line, heading
        self.lines = []

    def steps(self):
        """Returns (command, lines that it prints) of a runnable block."""
        steps = []
        for line in self.lines:
            if line[:2] in ('# ', '$ '):
                steps.append([line[2:], []])
            elif not steps:
                raise ValueError('line %d: a runnable block begins with a command' % self.line)
            elif (line == '>' or line.startswith('> ')) and not steps[-1][1]:
                steps[-1][0] += '\n' + line[2:]
            else:
                steps[-1][1].append(line)
        return [tuple(step) for step in steps]


class Document:
    """What a test needs of a page of Markdown."""

    def __init__(self, text):
        self.headings, self.blocks, self.prose = [], [], []
        self._parse(text.splitlines())

    def _parse(self, lines):
        fence = block = None
        for number, line in enumerate(lines, 1):
            match = _FENCE.match(line)
            if fence:
                if match and match.group(1).startswith(fence) and not match.group(2):
                    fence = None
                else:
                    block.lines.append(line)
                self.prose.append('')
                continue
            if match:
                fence = match.group(1)
                block = Block(match.group(2), number, self.headings[-1] if self.headings else '')
                self.blocks.append(block)
                self.prose.append('')
                continue
            heading = _HEADING.match(line)
            if heading:
                self.headings.append(heading.group(1))
            # Indented by four it is code.
            self.prose.append('' if re.match(r' {4}|\t', line) else line)
        if fence:
            raise ValueError('line %d: the block has no end' % block.line)

    def anchors(self):
        """What may follow a # in a link to this page."""
        seen, names = {}, set()
        for heading in self.headings:
            text = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading)
            name = re.sub(r'[^\w\- ]', '', text.lower()).replace(' ', '-')
            count = seen.get(name, 0)
            seen[name] = count + 1
            names.add('%s-%d' % (name, count) if count else name)
        return names

    def _matches(self):
        text = '\n'.join(self.prose)
        for match in _LINK.finditer(text):
            yield match, text.count('\n', 0, match.start()) + 1

    def links(self):
        """Yields (line, text, target)."""
        for match, line in self._matches():
            if match.group('target'):
                yield line, ' '.join(match.group('text').split()), match.group('target')

    def code(self):
        """Yields (line, text) of the spans of code, those that are links included."""
        for match, line in self._matches():
            if match.group('code'):
                yield line, ' '.join(match.group('code').split())
            else:
                for span in re.findall(r'`([^`]+)`', match.group('text')):
                    yield line, ' '.join(span.split())

    def runnable(self):
        """The blocks that a test runs."""
        return [block for block in self.blocks if block.info == RUNNABLE]


def read_document(path):
    """The document in a file."""
    with open(path, encoding='utf-8') as file:
        return Document(file.read())


def _line_pattern(line):
    return r'.*'.join(re.escape(part) for part in ' '.join(line.split()).split(ANY))


def shows(wanted, got):
    """Whether the lines that a command has printed are those that a block shows. Blanks at the ends do
    not count, and between words one is as good as several."""
    got = [' '.join(line.split()) for line in got]
    pattern = ''.join(r'(?:.*\n)*?' if line.strip() == ANY else _line_pattern(line) + r'\n'
                      for line in wanted)
    return re.fullmatch(pattern, ''.join(line + '\n' for line in got)) is not None
