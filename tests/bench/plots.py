# SPDX-License-Identifier: GPL-2.0-only
"""Bars for each case, drawn by gnuplot: one figure for a part and area, one panel for each unit."""

import os
import subprocess

from records import is_self_test

# Ours first; colours that stay apart for people who do not see all of them.
COLOURS = ('#0072b2', '#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#999999')
WIDTH, PANEL_HEIGHT = 960, 340
LOG_FROM = 30
# REUSE-IgnoreStart
LICENCE = '<!-- SPDX-License-Identifier: GPL-2.0-only -->\n'
# REUSE-IgnoreEnd


def draw(part, area, records, docs):
    """Writes the figure; returns its name from DOCS, or None when there is nothing to draw."""
    records = [record for record in records if not is_self_test(record)]
    panels = _panels(records)
    if not panels:
        return None
    name = 'benchmarks/%s-%s.svg' % (part, area)
    svg = subprocess.run(['gnuplot'], input=_script(panels), stdout=subprocess.PIPE, text=True,
                         check=True).stdout
    first, rest = svg.split('\n', 1)
    with open(os.path.join(docs, name), 'w', encoding='utf-8') as file:
        file.write(first + '\n' + LICENCE + _without_noise(rest))
    return name


def _without_noise(svg):
    return '\n'.join(line.rstrip() for line in svg.splitlines()) + '\n'


def _panels(records):
    """{what is counted: {case: {subject: value}}}"""
    panels = {}
    for record in records:
        bars = panels.setdefault(_counted(record), {}).setdefault(_label(record), {})
        parties = dict({record['subject']: record}, **record['peers'])
        for name, party in parties.items():
            if 'value' in party:
                bars[name] = party['value']
    return {unit: {case: bars for case, bars in cases.items() if bars}
            for unit, cases in panels.items() if any(cases.values())}


def _counted(record):
    """Instructions are instructions, for a packet or for a transaction."""
    return record['unit'] if record['part'] == 'throughput' else record['unit'].split('/')[0]


def _label(record):
    label = record['case'].split('/')[1]
    for suffix in ('-reads', '-writes', '-raises', '-interrupts'):
        if record['part'] == 'hardware':
            label = label.removesuffix(suffix)
    return label


def _script(panels):
    columns = 2 if all(len(cases) < 3 for cases in panels.values()) else 1
    rows = (len(panels) + columns - 1) // columns
    lines = ['set terminal svg size %d,%d font "sans,11" background "white" noenhanced' % (
                 WIDTH, PANEL_HEIGHT * rows),
             'set style data histogram', 'set style histogram clustered gap 1',
             'set style fill solid 0.9 noborder', 'set boxwidth 0.9', 'set grid ytics',
             'set xtics rotate by -25 scale 0', 'set datafile missing "-"',
             'set key outside right top', 'set tics nomirror', 'set border 3',
             'set multiplot layout %d,%d' % (rows, columns)]
    for unit, cases in panels.items():
        lines += _panel(unit, cases)
    return '\n'.join(lines + ['unset multiplot', ''])


def _panel(unit, cases):
    names = list(dict.fromkeys(name for bars in cases.values() for name in bars))
    values = [value for bars in cases.values() for value in bars.values()]
    positive = [value for value in values if value > 0]
    logarithmic = len(positive) == len(values) and max(positive) > LOG_FROM * min(positive)
    lines = ['$data << END']
    for case, bars in cases.items():
        lines.append(' '.join(['"%s"' % case] + [str(bars.get(name, '-')) for name in names]))
    lines += ['END', 'set ylabel "%s"' % (unit + (' (log scale)' if logarithmic else ''))]
    lines += ['set logscale y', 'set yrange [%g:*]' % (min(positive) / 2)] if logarithmic else \
        ['unset logscale y', 'set yrange [0:*]']
    plots = ['$data using %d:xtic(1) title "%s" linecolor rgb "%s"' % (
        i + 2, name, COLOURS[i % len(COLOURS)]) for i, name in enumerate(names)]
    return lines + ['plot ' + ', \\\n'.join(plots)]
