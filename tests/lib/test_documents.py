# SPDX-License-Identifier: GPL-2.0-only
"""Tests of how documents are read; run by tests/lint.sh."""

import unittest

from documents import Document, shows

PAGE = """\
# A page, with `code`

See [a link](other.md#top), [`f()`](../file.c) and
[one over
two lines](x.md). Code is `[no link](nowhere)`.

    [indented](is code)

## Twice

```console runnable
# cat <<END
> two
> END
two
# true
$ seq 3
1
…
```

## Twice

```
[fenced](is code)
```
"""


class DocumentTest(unittest.TestCase):
    def setUp(self):
        self.document = Document(PAGE)

    def test_headings_have_the_anchors_of_github(self):
        self.assertEqual(self.document.anchors(), {'a-page-with-code', 'twice', 'twice-1'})

    def test_links_are_found_outside_of_code(self):
        self.assertEqual(list(self.document.links()), [
            (3, 'a link', 'other.md#top'), (3, '`f()`', '../file.c'), (4, 'one over two lines', 'x.md')])

    def test_code_is_found_in_links_and_outside(self):
        self.assertEqual([text for _, text in self.document.code()],
                         ['code', 'f()', '[no link](nowhere)'])

    def test_a_runnable_block_is_commands_and_what_they_print(self):
        block, = self.document.runnable()
        self.assertEqual(block.heading, 'Twice')
        self.assertEqual(block.steps(), [
            ('cat <<END\ntwo\nEND', ['two']), ('true', []), ('seq 3', ['1', '…'])])

    def test_a_block_without_an_end_is_an_error(self):
        self.assertRaises(ValueError, Document, '```\nx\n')

    def test_output_has_to_be_the_same(self):
        self.assertTrue(shows(['a  b'], ['a b ']))
        self.assertTrue(shows([], []))
        self.assertFalse(shows(['a'], ['b']))
        self.assertFalse(shows(['a'], ['a', 'b']))
        self.assertFalse(shows([], ['error']))
        self.assertFalse(shows(['a.c'], ['abc']))

    def test_dots_stand_for_what_differs(self):
        self.assertTrue(shows(['a … c'], ['a b c']))
        self.assertFalse(shows(['a … c'], ['a b d']))
        self.assertTrue(shows(['a', '…', 'c'], ['a', 'c']))
        self.assertTrue(shows(['a', '…', 'c'], ['a', 'b', 'b', 'c']))
        self.assertFalse(shows(['a', '…', 'c'], ['a', 'b']))
        self.assertTrue(shows(['…'], []))


if __name__ == '__main__':
    unittest.main()
