/** Where a pull gets an image from, the names of images, and what to say of words that are neither. Pure. */
import { TslxcError } from '../errors';

const transports = ['docker', 'oci', 'oci-archive', 'docker-archive', 'dir'] as const;

type Transport = (typeof transports)[number];

/** Where an image comes from, in skopeo's words. */
export interface ImageSource {
  readonly transport: Transport;
  /** The whole source, as skopeo takes it. */
  readonly text: string;
  /** What the image is called by default. */
  readonly defaultName: string;
}

const sourceForms =
  'docker://NAME:TAG, oci:DIRECTORY:TAG, oci-archive:FILE, docker-archive:FILE or dir:DIRECTORY';

/** A name: of the form and the characters of a registry's reference. It is used in file names, XML and messages. */
const namePattern = /^[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/;
/** Limit for the percent-encoded name, which its record is named after. */
const longestName = 240;

/** @throws TslxcError INVALID_ARG for an unknown transport, or if nothing follows it. */
export function parseSource(text: string): ImageSource {
  const transport = transports.find((known) => text.startsWith(`${known}:`));
  const rest = transport === undefined ? '' : text.slice(transport.length + 1);
  if (transport === undefined || rest === '' || rest === '//') {
    const detail = `'${text}' is not an image source: ${sourceForms}${meantSource(text)}`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  if (transport === 'docker') {
    if (!rest.startsWith('//') || /\s/.test(rest)) {
      throw new TslxcError('INVALID_ARG', `'${text}' is not an image source: docker://NAME:TAG`);
    }
    return { transport, text, defaultName: nameOfRegistry(rest.slice(2)) };
  }
  return { transport, text, defaultName: nameOfFile(transport, rest) };
}

/** The source of what has this name for Docker; undefined for what can't be a name. */
function registrySource(text: string): string | undefined {
  if (/^docker:\/\/./.test(text)) return text;
  if (!namePattern.test(text)) return undefined;
  const [first = '', ...rest] = text.split('/');
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const folder = rest.length === 0 ? 'library/' : '';
  return `docker://${isRegistry ? '' : `docker.io/${folder}`}${text}`;
}

/** The reference without the default registry and folder, and without a digest, which is no part of a name. */
export function nameOfRegistry(reference: string): string {
  const plain = reference
    .replace(/@sha256:.*$/, '')
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '');
  return withTag(plain);
}

function nameOfFile(transport: Exclude<Transport, 'docker'>, rest: string): string {
  const [path = '', ...tag] = transport === 'dir' ? [rest] : rest.split(':');
  const file = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  // A tag of an archive is a reference: `FILE:busybox:1.36`.
  if (transport === 'docker-archive' && tag.length > 1) return nameOfRegistry(tag.join(':'));
  const plain = file.replace(/\.(tar|tgz|tar\.gz)$/, '').toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return withTag(tag.length === 0 || tag[0] === '' ? name : `${name}:${tag.join(':')}`);
}

/** Whether it is an archive of which no tag is named. */
export function isWholeArchive({ transport, text }: ImageSource): boolean {
  return transport === 'docker-archive' && text.split(':').length === 2;
}

/** The same source by the image's digest: a tag may mean another image the next time that it is used. */
export function pinnedSource({ transport, text }: ImageSource, digest: string): string {
  if (transport !== 'docker' || text.includes('@')) return text;
  return `${text.replace(/:[^/:]*$/, '')}@${digest}`;
}

/** The name, with the default tag if it has none. */
function withTag(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

/** The names that an image may have here that is called so: Docker Hub's are stored without its own. @throws TslxcError INVALID_ARG. */
export function storedNames(name: string): string[] {
  const plain = name.replace(/^docker:\/\//, '');
  const isOfHub = plain !== name || plain.startsWith('docker.io/');
  const names = [name, ...(isOfHub && !plain.includes('@') ? [nameOfRegistry(plain)] : [])];
  return names.map(checkedName);
}

/** The name as it is stored. @throws TslxcError INVALID_ARG. */
export function checkedName(name: string): string {
  const full = withTag(name);
  const isShort = encodeURIComponent(full).length <= longestName;
  if (isShort && namePattern.test(full)) return full;
  const what = 'lower-case letters, digits, and . _ - / between them, and a tag after a colon';
  throw new TslxcError('INVALID_ARG', `'${name}' can't be the name of an image: ${what}`);
}

/** What a domain of an image is called: the last part of its name, without the tag. */
export function stemOf(name: string): string {
  const last = name.split('/').at(-1) ?? name;
  return last.replace(/:.*$/, '').slice(0, 40);
}

/** Where words lead: to a place that `tslxc pull` reads, one that only skopeo does, a web page, a file or folder, or a registry. */
type Place = 'source' | 'foreign' | 'web' | 'path' | 'registry';

/** `oci` and `dir` might be names of images, whose tags have no slash. */
const patterns: readonly (readonly [Place, RegExp])[] = [
  ['source', /^(?:oci-archive|docker-archive):|^(?:oci|dir):.*\//],
  ['foreign', /^(?:docker-daemon|containers-storage):/],
  ['web', /^[a-z]+:\/\//i],
  ['path', /^[./~]|\.(?:tar|tgz|tar\.[a-z]+)$/],
];

function placeOf(text: string): Place {
  if (text.startsWith('docker://')) return 'registry';
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? 'registry';
}

/** Whether the words are no name of an image, but a place that images come from. */
export function isPlace(text: string): boolean {
  return !['registry', 'path'].includes(placeOf(text)) || /^[./~]/.test(text);
}

const ofWeb = 'what a web address has is to be downloaded first';
const ofFile = (file: string): string =>
  `docker-archive:${file} if docker save wrote it, oci-archive:${file} if skopeo or podman did`;
const copied = (text: string): string => `skopeo copy ${text} oci-archive:FILE`;

/** What to do to run an image by words that name none on this host. */
export function howToPull(text: string): string {
  switch (placeOf(text)) {
    case 'source':
      return `pull it first, as by tslxc pull ${text}`;
    case 'foreign':
      return `pull it first: ${copied(text)}, and then tslxc pull oci-archive:FILE`;
    case 'web':
      return `${ofWeb}, and then pulled: ${ofFile('FILE')}`;
    case 'path':
      return `pull it first, as by tslxc pull ${ofFile(text)}`;
    case 'registry': {
      const source = registrySource(text);
      return `pull it first${source === undefined ? '' : `, as by tslxc pull ${source}`}`;
    }
  }
}

/** What is meant by words that are no source: begins with `; `, or is empty. */
function meantSource(text: string): string {
  switch (placeOf(text)) {
    case 'foreign':
      return `; ${copied(text)} makes one of it`;
    case 'web':
      return `; ${ofWeb}`;
    case 'path':
      return `; of a file, it is ${ofFile(text)}`;
    default: {
      // As for Docker, a name alone is that of an image of Docker Hub, or of the registry that it names.
      const source = registrySource(text);
      return source === undefined ? '' : `; did you mean '${source}'?`;
    }
  }
}
