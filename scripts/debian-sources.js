// Makes trees of Debian's packages by mmdebstrap. What apt needs to reach the archive is taken from this
// machine's configuration; credentials and pins are not.
'use strict';
const { existsSync, mkdtempSync, readFileSync, readdirSync } = require('node:fs');
const { rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { basename, join } = require('node:path');
const { runOrFail } = require('./steps');

/** The Debian that the scripts expect to run on. */
const ownSuite = 'trixie';

/** The files of a folder whose text matches; none when there is no such folder. */
function filesWith(folder, pattern) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(folder, entry.name))
    .filter((path) => pattern.test(readFileSync(path, 'utf8')));
}

/** The files with this machine's sources of a suite. */
function sourcesOf(suite) {
  return [
    ...filesWith('/etc/apt/sources.list.d', new RegExp(`\\b${suite}\\b`)),
    ...filesWith('/etc/apt', new RegExp(`^deb .*\\b${suite}\\b`, 'm')),
  ];
}

/** Another suite comes from where this machine's own comes from: the files, with its name, in `folder`. */
function translatedSources(suite, folder) {
  return sourcesOf(ownSuite).flatMap((path) => {
    const text = translated(readFileSync(path, 'utf8'), suite);
    if (text === '') return [];
    const copy = join(folder, basename(path));
    writeFileSync(copy, text);
    return [copy];
  });
}

/** Sources with the name of another suite. Backports have neither updates of their own nor a suite for security. */
function translated(text, suite) {
  const withSuite = (part) => part.replace(new RegExp(`\\b${ownSuite}\\b`, 'g'), suite);
  if (!suite.includes('-')) return withSuite(text);
  // A source is a paragraph of a file in the newer format, and a line of one in the older.
  const separator = /^deb /m.test(text) ? '\n' : '\n\n';
  const others = new RegExp(`\\s${ownSuite}-[\\w-]+`, 'g');
  const sources = text.split(separator).map((part) => part.replace(others, ''));
  return withSuite(
    sources.filter((part) => new RegExp(`\\s${ownSuite}\\b`).test(part)).join(separator),
  );
}

/** Sources of the suite and this machine's way to them, as arguments of mmdebstrap. */
function aptArguments(suite, folder) {
  const own = sourcesOf(suite);
  const sources = own.length > 0 ? own : translatedSources(suite, folder);
  const settings = filesWith('/etc/apt/apt.conf.d', /^Acquire::(http|https|Check|Retries)/im);
  return { sources, options: settings.map((path) => `--aptopt=${path}`) };
}

/** For another architecture than this machine's, by Debian's name: the variants that run nothing in the tree can be made so. */
function architecture(arch) {
  return arch === undefined ? [] : [`--architectures=${arch}`, '--skip=check/qemu'];
}

/** Fills the empty folder `tree` with packages of a suite; `options` are mmdebstrap's own. */
async function makeDebianTree(tree, { suite, variant = 'minbase', arch, packages = [], ...more }) {
  const options = [...architecture(arch), ...(more.options ?? [])];
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-sources-'));
  try {
    const { sources, options: apt } = aptArguments(suite, folder);
    const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
    const words = [`--variant=${variant}`, ...include, ...apt, ...options, suite, tree, ...sources];
    // As root it makes all mounts that it sees private, those of the host among them (`mount --make-rprivate /`).
    await runOrFail(
      ['unshare', '--mount', '--', 'mmdebstrap', ...words],
      (output) => `mmdebstrap failed: ${output.trim().split('\n').at(-1)}`,
      { env: { ...process.env, SOURCE_DATE_EPOCH: undefined } },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Options for a tree without manual pages, documents and translations. */
const withoutDocuments = ['man', 'doc', 'locale'].map(
  (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
);

module.exports = { makeDebianTree, withoutDocuments };
