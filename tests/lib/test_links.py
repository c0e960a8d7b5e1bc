# SPDX-License-Identifier: GPL-2.0-only
"""Tests of how links are followed; run by tests/lint.sh."""

import os
import tempfile
import unittest

from links import check_code, check_link, check_man_page, check_markdown

CODE = '''\
/* xchar_other() is only spoken of. */
int xchar_poll(struct file *file)
{
\tsmp_mb();
\treturn xchar_called(file, XCHAR_SIZE,
\t\t\t    3);
}
'''


class LinksTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.page = self.write('page.md', '# Top\n\n## The end\n')
        self.write('file.c', CODE)

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def check(self, text, target):
        return check_link(self.page, text, target)

    def test_files_and_headings_have_to_be_there(self):
        self.assertIsNone(self.check('x', 'file.c'))
        self.assertIsNone(self.check('x', '#the-end'))
        self.assertIsNone(self.check('x', 'page.md#top'))
        self.assertIsNone(self.check('x', 'https://example.org/'))
        self.assertIsNotNone(self.check('x', 'nothing.c'))
        self.assertIsNotNone(self.check('x', '#nothing'))
        self.assertIsNotNone(self.check('x', 'file.c#L3'))

    def test_our_functions_have_to_be_defined_where_a_link_leads(self):
        self.assertIsNone(self.check('`xchar_poll()`', 'file.c'))
        self.assertIsNotNone(self.check('`xchar_called()`', 'file.c'))
        self.assertIsNotNone(self.check('`xchar_other()`', 'file.c'))
        self.assertIsNotNone(self.check('`xchar_po()`', 'file.c'))

    def test_functions_of_the_kernel_have_to_be_used_there(self):
        self.assertIsNone(self.check('`smp_mb()`', 'file.c'))
        self.assertIsNotNone(self.check('`mb()`', 'file.c'))

    def test_other_code_has_to_be_there_however_it_is_indented(self):
        self.assertIsNone(self.check('`XCHAR_SIZE`', 'file.c'))
        self.assertIsNone(self.check('`xchar_called(file, XCHAR_SIZE, 3);`', 'file.c'))
        self.assertIsNone(self.check('`file.c`', 'file.c'))
        self.assertIsNotNone(self.check('`XCHAR_SIZ`', 'file.c'))
        self.assertIsNotNone(self.check('`return 0;`', 'file.c'))

    def test_paths_and_our_functions_have_to_exist_wherever_they_are_named(self):
        for text in ('tests/lint.sh', 'tests/AREA/NAME', 'docs/*.md', 'common/{gate,cdev}.c',
                     'xchar_poll()', 'printk()', 'words'):
            self.assertIsNone(check_code(text), text)
        for text in ('tests/no-such-test', 'docs/*.txt', 'common/{gate,nothing}.c', 'xchar_nothing()'):
            self.assertIsNotNone(check_code(text), text)

    def test_man_pages_refer_to_pages_of_ours_that_are_there(self):
        self.write('xbd.4', '')
        page = self.write('xdrv.7', '.Xr xbd 4 ,\n.Xr xnet 4 ,\n.Xr fio 1\n.Pa docs/nothing.md\n')
        self.assertEqual([line for line, wrong in check_man_page(page) if wrong], [2, 4])

    def test_a_page_tells_the_lines(self):
        page = self.write('other.md', 'x\n[x](file.c)\n[y](z.c)\n\n```console runnable\nx\n```\n')
        self.assertEqual([line for line, wrong in check_markdown(page) if wrong], [3, 5])


if __name__ == '__main__':
    unittest.main()
