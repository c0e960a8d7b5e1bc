#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""sbom.py TREE TARBALL EPOCH: what is in the release, as SPDX 2.3 in JSON: every file with its checksums
and its licence, and what the modules are built and run with."""

import hashlib
import json
import os
import re
import sys
import time

# REUSE-IgnoreStart
LICENCE = re.compile(rb'SPDX-License-Identifier: ([A-Za-z0-9.-]+)')
# REUSE-IgnoreEnd
COPYRIGHT = 'The xdrv authors'
HEAD_BYTES = 2000
# Not in the tarball, and never of a version that we choose.
NEEDED = (
    ('Linux', 'BUILD_DEPENDENCY_OF', 'headers of the kernel that the modules are for', 'GPL-2.0-only'),
    ('dkms', 'BUILD_DEPENDENCY_OF', 'builds the modules where they are used', 'GPL-2.0-or-later'),
)


def digest(path, kind):
    with open(path, 'rb') as file:
        return hashlib.new(kind, file.read()).hexdigest()


def licence_of(path):
    """As the file says, or the one beside it, or the whole: for texts of licences and empty files."""
    for source in (path + '.license', path):
        if os.path.exists(source):
            with open(source, 'rb') as file:
                found = LICENCE.search(file.read(HEAD_BYTES))
            if found:
                return found.group(1).decode()
    return 'NONE' if '/LICENSES/' in path else 'GPL-2.0-only'


def paths_in(tree):
    for directory, names, files in os.walk(tree):
        names.sort()
        for name in files:
            path = os.path.join(directory, name)
            if not os.path.islink(path):
                yield path


def files_in(tree):
    paths = sorted(paths_in(tree))
    return [{
        'SPDXID': 'SPDXRef-File-%d' % number,
        'fileName': './' + os.path.relpath(path, tree),
        'checksums': [{'algorithm': name, 'checksumValue': digest(path, name.lower())}
                      for name in ('SHA1', 'SHA256')],
        'licenseConcluded': licence_of(path),
        'licenseInfoInFiles': [licence_of(path)],
        'copyrightText': COPYRIGHT,
    } for number, path in enumerate(paths, 1)]


def verification_code(files):
    """Section 7.9 of SPDX 2.3: of the sorted SHA-1 sums of all files."""
    sums = sorted(file['checksums'][0]['checksumValue'] for file in files)
    return hashlib.sha1(''.join(sums).encode()).hexdigest()


def needed_package(number, name, comment, licence):
    return {
        'SPDXID': 'SPDXRef-Needed-%d' % number, 'name': name, 'comment': comment,
        'downloadLocation': 'NOASSERTION', 'filesAnalyzed': False,
        'licenseConcluded': licence, 'licenseDeclared': licence, 'copyrightText': 'NOASSERTION',
    }


def document(tree, tarball, epoch):
    files = files_in(tree)
    tarball_sum = digest(tarball, 'sha256')
    name = os.path.basename(tarball)[:-len('.tar.gz')]
    needed = [needed_package(number, package, comment, licence)
              for number, (package, _, comment, licence) in enumerate(NEEDED, 1)]
    main = {
        'SPDXID': 'SPDXRef-Package', 'name': 'xdrv', 'versionInfo': name.partition('-')[2],
        'packageFileName': os.path.basename(tarball),
        'primaryPackagePurpose': 'SOURCE',
        'checksums': [{'algorithm': 'SHA256', 'checksumValue': tarball_sum}],
        'packageVerificationCode': {'packageVerificationCodeValue': verification_code(files)},
        'downloadLocation': 'NOASSERTION', 'filesAnalyzed': True,
        'licenseConcluded': 'GPL-2.0-only AND CC0-1.0', 'licenseDeclared': 'GPL-2.0-only AND CC0-1.0',
        'licenseInfoFromFiles': sorted({file['licenseConcluded'] for file in files} - {'NONE'}),
        'copyrightText': COPYRIGHT,
    }
    relations = [('SPDXRef-DOCUMENT', 'DESCRIBES', main['SPDXID'])]
    relations += [(package['SPDXID'], relation, main['SPDXID'])
                  for package, (_, relation, _, _) in zip(needed, NEEDED)]
    relations += [(main['SPDXID'], 'CONTAINS', file['SPDXID']) for file in files]
    return {
        'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0', 'SPDXID': 'SPDXRef-DOCUMENT',
        'name': name,
        'documentNamespace': 'https://spdx.org/spdxdocs/%s-%s' % (name, tarball_sum),
        'creationInfo': {
            'created': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(epoch)),
            'creators': ['Organization: The xdrv authors', 'Tool: packaging/sbom.py'],
        },
        'packages': [main] + needed,
        'files': files,
        'relationships': [{'spdxElementId': one, 'relationshipType': relation,
                           'relatedSpdxElement': other} for one, relation, other in relations],
    }


def main():
    tree, tarball, epoch = sys.argv[1:]
    json.dump(document(tree, tarball, int(epoch)), sys.stdout, indent=1)
    print()


if __name__ == '__main__':
    main()
