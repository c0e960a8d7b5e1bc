#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""links.py FILE...: says what in these documents leads nowhere; nothing, if all is well.

In Markdown: links to files and headings that are not there; a link whose text is code, such as
[`xchar_poll()`](../chardev/file.c), to a file that does not have it; paths of the repository, and
functions of ours, that do not exist. In man pages: cross-references to pages of ours, and paths.
Functions of ours have to be defined or declared in the file that a link names, others to be used there.
"""

import functools
import glob
import os
import re
import subprocess
import sys

from documents import read_document

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIRECTORIES = 'blockdev|chardev|common|docs|kunit|netdev|packaging|tests'
PATH = re.compile(r'(?:%s)/[\w.*/{},-]+' % DIRECTORIES)
# What stands for a name, such as tests/AREA/NAME, is no path.
PLACEHOLDER = re.compile(r'/[A-Z]+(/|$)')
OURS = re.compile(r'(?:__)?(?:devm_)?(?:xdrv|xchar|xbd|xnet)_\w+')
FUNCTION = re.compile(r'([A-Za-z_]\w*)\(\)')
CROSS_REFERENCE = re.compile(r'^\.Xr (x\w+) (\d)', re.M)


@functools.cache
def text_of(path):
    """The text of a file."""
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


@functools.cache
def squeezed(path):
    """The same, with one blank for any number of them."""
    return ' '.join(text_of(path).split())


@functools.cache
def document(path):
    """A page of Markdown."""
    return read_document(path)


@functools.cache
def our_names():
    """Every name of ours in the sources."""
    names = set()
    paths = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '*.c', '*.h'], cwd=TOP,
                           stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    for path in paths:
        path = os.path.join(TOP, path)
        if os.path.exists(path):
            names.update(re.findall(r'\b' + OURS.pattern, text_of(path)))
    return names


def is_defined(name, text):
    """A definition or a declaration begins in the first column, and not with a comment."""
    return re.search(r'^[A-Za-z_#][^\n]*\b%s\(' % re.escape(name), text, re.M) is not None


def lacks(path, fragment):
    """What is wrong with a link to a file whose text is this code; None: nothing."""
    if os.path.isdir(path) or path.endswith(fragment.rstrip('/')):
        return None
    function = FUNCTION.fullmatch(fragment)
    if function and OURS.fullmatch(function.group(1)):
        return None if is_defined(function.group(1), text_of(path)) else 'does not define'
    if function:
        return None if re.search(r'\b%s\(' % function.group(1), text_of(path)) else 'does not use'
    if re.fullmatch(r'\w+', fragment):
        return None if re.search(r'\b%s\b' % fragment, text_of(path)) else 'does not have'
    return None if ' '.join(fragment.split()) in squeezed(path) else 'does not have'


def check_link(page, text, target):
    """Returns what is wrong with a link, or None."""
    if re.match(r'[a-z]+:', target):
        return None
    name, _, anchor = target.partition('#')
    path = os.path.normpath(os.path.join(os.path.dirname(page), name)) if name else page
    if not os.path.exists(path):
        return 'there is no %s' % target
    if anchor and (not path.endswith('.md') or anchor not in document(path).anchors()):
        return 'there is no heading #%s in %s' % (anchor, os.path.relpath(path, TOP))
    code = re.fullmatch(r'`([^`]+)`', text)
    wrong = lacks(path, code.group(1)) if code else None
    return '%s %s %s' % (os.path.relpath(path, TOP), wrong, text) if wrong else None


def exists(path):
    """Whether a path of the repository, which may be a pattern, is there."""
    alternatives = re.search(r'\{([^}]*)\}', path)
    if alternatives:
        return all(exists(path[:alternatives.start()] + word + path[alternatives.end():])
                   for word in alternatives.group(1).split(','))
    return bool(glob.glob(os.path.join(TOP, path)))


def check_code(text):
    """Returns what is wrong with a span of code, or None."""
    if PATH.fullmatch(text) and not PLACEHOLDER.search(text) and not exists(text.rstrip('.,')):
        return 'there is no %s' % text
    function = FUNCTION.fullmatch(text)
    if function and OURS.fullmatch(function.group(1)) and function.group(1) not in our_names():
        return 'there is no function %s' % text
    return None


def check_markdown(page):
    """Yields (line, what is wrong)."""
    for line, text, target in document(page).links():
        yield line, check_link(page, text, target)
    for line, text in document(page).code():
        yield line, check_code(text)
    for block in document(page).runnable():
        try:
            block.steps()
        except ValueError as error:
            yield block.line, str(error)


def check_man_page(page):
    """Yields (line, what is wrong)."""
    text = text_of(page)
    for match in CROSS_REFERENCE.finditer(text):
        name = '%s.%s' % match.groups()
        if match.group(1) in ('xdrv', 'xchar', 'xbd', 'xnet') and \
                not os.path.exists(os.path.join(os.path.dirname(page), name)):
            yield text.count('\n', 0, match.start()) + 1, 'there is no %s' % name
    for match in re.finditer(r'^\.Pa (%s)( |$)' % PATH.pattern, text, re.M):
        if not exists(match.group(1)):
            yield text.count('\n', 0, match.start()) + 1, 'there is no %s' % match.group(1)


def main():
    """Returns the exit status."""
    bad = 0
    for page in map(os.path.abspath, sys.argv[1:]):
        check = check_markdown if page.endswith('.md') else check_man_page
        try:
            found = [(line, wrong) for line, wrong in check(page) if wrong]
        except ValueError as error:
            found = [(0, str(error))]
        for line, wrong in found:
            print('%s:%d: %s' % (os.path.relpath(page, TOP), line, wrong))
        bad += len(found)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
