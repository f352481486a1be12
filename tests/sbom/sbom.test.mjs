// The list of what the programs are made of: what SPDX 2.3 asks of a document is there, every shared library that the programs
// take is covered by the version that is installed, and the same programs give the same document.
import assert from 'node:assert/strict';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { build, root, run, wijzer, wijzerd } from '../system/lib/world.mjs';

const ID = /^SPDXRef-[A-Za-z0-9.-]+$/;
let document, known;
const make = () => {
  run('cmake', ['--build', build, '--target', 'sbom'], { env: { ...process.env, SOURCE_DATE_EPOCH: '1767225600' } });
  return readFileSync(join(build, 'wijzer.spdx.json'), 'utf8');
};
before(() => {
  document = JSON.parse(make());
  known = new Map([document, ...document.packages, ...document.files].map((element) => [element.SPDXID, element]));
});

const purl = (element) => element.externalRefs?.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator;
const related = (kind) => document.relationships.filter(({ relationshipType }) => relationshipType === kind);

describe('SPDX 2.3', () => {
  test('the document (clause 6)', () => {
    assert.equal(document.spdxVersion, 'SPDX-2.3');
    assert.equal(document.dataLicense, 'CC0-1.0');
    assert.equal(document.SPDXID, 'SPDXRef-DOCUMENT');
    assert.ok(document.name);
    assert.match(document.documentNamespace, /^https:\/\/[^#]+$/);
    assert.match(document.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(document.creationInfo.creators.some((creator) => /^(Tool|Organization|Person): ./.test(creator)));
  });

  test('the packages (clause 7)', () => {
    for (const element of document.packages) {
      assert.match(element.SPDXID, ID);
      for (const field of ['name', 'versionInfo', 'downloadLocation', 'licenseDeclared', 'licenseConcluded', 'copyrightText']) assert.ok(element[field], `${element.SPDXID} ${field}`);
      assert.equal(element.filesAnalyzed, false);
      assert.match(purl(element) ?? '', /^pkg:(deb\/debian|npm|generic)\/.+@.+/, element.SPDXID);
    }
  });

  test('the files (clause 8) have their sums', () => {
    for (const [name, program] of [['./wijzerd', wijzerd], ['./wijzer', wijzer]]) {
      const file = document.files.find(({ fileName }) => fileName === name);
      const sum = file.checksums.find(({ algorithm }) => algorithm === 'SHA256').checksumValue;
      assert.equal(sum, run('sha256sum', [program]).split(' ')[0]);
      assert.ok(file.checksums.some(({ algorithm }) => algorithm === 'SHA1'), 'SHA1 is mandatory');
    }
  });

  test('every id stands once, every relationship between what is there, the document describes wijzer', () => {
    assert.equal(known.size, 1 + document.packages.length + document.files.length);
    for (const { spdxElementId, relatedSpdxElement, relationshipType } of document.relationships) {
      assert.ok(known.has(spdxElementId) && known.has(relatedSpdxElement), `${spdxElementId} ${relationshipType} ${relatedSpdxElement}`);
    }
    assert.deepEqual(related('DESCRIBES').map(({ relatedSpdxElement }) => known.get(relatedSpdxElement).name), ['wijzer']);
  });

  test('a licence of Debian\'s own is explained (clause 10)', () => {
    const explained = new Map((document.hasExtractedLicensingInfos ?? []).map((info) => [info.licenseId, info]));
    for (const { SPDXID, licenseDeclared } of document.packages) {
      for (const [id] of licenseDeclared.matchAll(/LicenseRef-[A-Za-z0-9.-]+/g)) assert.ok(explained.get(id)?.extractedText, `${SPDXID}: ${id}`);
    }
  });
});

describe('nothing is left out', () => {
  // Who owns a library, asked anew and another way than deploy/sbom does.
  const owner = (path) => {
    const real = realpathSync(path);
    for (const candidate of [real, real.replace(/^\/usr/, ''), path]) {
      try {
        return run('dpkg-query', ['-S', candidate]).split(':')[0];
      } catch { /* known by its other path */ }
    }
    throw new Error(`nobody owns ${path}`);
  };

  for (const [name, program] of [['wijzerd', wijzerd], ['wijzer', wijzer]]) {
    test(`every shared library of ${name}`, () => {
      const libraries = [...run('ldd', [program]).matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path);
      assert.ok(libraries.length > 5);
      for (const library of libraries) {
        const debian = owner(library);
        const version = run('dpkg-query', ['-W', '-f', '${Version}', debian]);
        const element = document.packages.find((one) => one.name === debian && one.SPDXID.startsWith('SPDXRef-deb-'));
        assert.ok(element, `${library} of ${debian} is missing`);
        assert.equal(element.versionInfo, version);
        assert.ok(purl(element).startsWith(`pkg:deb/debian/${debian}@`), purl(element));
        assert.ok(document.relationships.some((one) => one.spdxElementId === `SPDXRef-file-${name}` && one.relatedSpdxElement === element.SPDXID
          && ['DYNAMIC_LINK', 'DEPENDS_ON'].includes(one.relationshipType)), `${name} and ${debian}`);
      }
    });
  }

  test('what is linked into it', () => {
    assert.deepEqual(related('STATIC_LINK').map(({ relatedSpdxElement }) => known.get(relatedSpdxElement).name), ['libintelrdfpmath-dev']);
  });

  test('the npm packages of the tests, as locked', () => {
    for (const lock of ['tests/api/package-lock.json', 'tests/bench/engines/package-lock.json']) {
      for (const [place, { version }] of Object.entries(JSON.parse(readFileSync(join(root, lock), 'utf8')).packages)) {
        if (!place) continue;
        const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
        const element = document.packages.find((one) => one.name === name && one.versionInfo === version && one.SPDXID.startsWith('SPDXRef-npm-'));
        assert.ok(element, `${name} ${version}`);
        assert.ok(related('TEST_TOOL_OF').some(({ spdxElementId }) => spdxElementId === element.SPDXID), name);
      }
    }
  });
});

test('the same programs give the same document', () => {
  assert.deepEqual(JSON.parse(make()), document);
});
