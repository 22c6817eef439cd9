/** Parses the documents of an OCI image, and Docker's similar ones. Pure. */
import { TslxcError, type ErrorDetails } from '../errors';
import { present } from '../present';
import { readHealthCheck } from './health-check';
import type { ImageConfig } from './types';

/** A part of an image by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 digits. */
  readonly digest: string;
  readonly size: number;
}

export interface Manifest {
  readonly config: Descriptor;
  /** From the bottom up. */
  readonly layers: readonly Descriptor[];
}

/** What an image's configuration says. */
export interface Configuration {
  readonly architecture: string;
  readonly created?: string;
  /** Digests of the decompressed layers, from the bottom up. */
  readonly diffIds: readonly string[];
  readonly config: ImageConfig;
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;
const mostLayers = 127;

/** Parses the `index.json` of a layout with one image. @throws TslxcError OPERATION_FAILED. */
export function parseIndex(text: string): Descriptor {
  const { manifests } = objectOf(text, 'index');
  const [only, ...others] = Array.isArray(manifests) ? (manifests as unknown[]) : [];
  if (only === undefined || others.length > 0) {
    throw malformed('index', 'it does not name exactly one image');
  }
  return descriptorOf(only, 'index');
}

/** @throws TslxcError OPERATION_FAILED. */
export function parseManifest(text: string): Manifest {
  const { config, layers: written } = objectOf(text, 'manifest');
  // Go writes null for a list that has nothing.
  const layers = written === null ? [] : written;
  if (!Array.isArray(layers)) throw malformed('manifest', 'it has no layers');
  if (layers.length > mostLayers) {
    throw malformed('manifest', `it has ${layers.length} layers, more than ${mostLayers}`);
  }
  return {
    config: descriptorOf(config, 'manifest'),
    layers: layers.map((layer: unknown) => descriptorOf(layer, 'manifest')),
  };
}

/** @throws TslxcError OPERATION_FAILED. */
export function parseConfiguration(text: string): Configuration {
  const document = objectOf(text, 'configuration');
  const { architecture, created, rootfs } = document;
  // Docker leaves the list out if it has nothing.
  const diffIds = isObject(rootfs) ? (rootfs['diff_ids'] ?? []) : undefined;
  const isDigests = Array.isArray(diffIds) && diffIds.every(isDigest);
  if (!isDigests) throw malformed('configuration', 'it has no digests of layers');
  const config = isObject(document['config']) ? document['config'] : {};
  return {
    architecture: typeof architecture === 'string' ? architecture : '',
    ...(typeof created === 'string' ? { created } : {}),
    diffIds,
    config: imageConfig(config),
  };
}

/** What is said of an image that consists of its configuration alone, as one that is built `FROM scratch` and copies nothing. */
export function withoutLayers(details: ErrorDetails = {}): TslxcError {
  const detail = 'the image has no layers, and so no file that a container could run';
  return new TslxcError('OPERATION_FAILED', detail, details);
}

function imageConfig(config: Readonly<Record<string, unknown>>): ImageConfig {
  const { StopSignal: stop } = config;
  return present({
    entrypoint: wordsOf(config, 'Entrypoint'),
    cmd: wordsOf(config, 'Cmd'),
    env: wordsOf(config, 'Env'),
    user: textOf(config, 'User'),
    workingDirectory: textOf(config, 'WorkingDir') || '/',
    ports: keysOf(config, 'ExposedPorts'),
    volumes: keysOf(config, 'Volumes'),
    stopSignal: typeof stop === 'string' && stop !== '' ? stop : undefined,
    health: healthOf(config),
  });
}

/** OCI's documents have none; Docker's do, and so do those that are built by its tools in OCI's format. */
function healthOf(config: Readonly<Record<string, unknown>>): ImageConfig['health'] {
  const check = config['Healthcheck'] ?? {};
  if (!isObject(check)) throw malformed('configuration', 'Healthcheck is not an object');
  const shell = wordsOf(config, 'Shell');
  try {
    return readHealthCheck({ check, shell });
  } catch (error) {
    throw malformed('configuration', error instanceof Error ? error.message : String(error));
  }
}

function wordsOf(config: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = config[name] ?? [];
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  throw malformed('configuration', `${name} is not a list of strings`);
}

function textOf(config: Readonly<Record<string, unknown>>, name: string): string {
  const value = config[name] ?? '';
  if (typeof value === 'string') return value;
  throw malformed('configuration', `${name} is not a string`);
}

function keysOf(config: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = config[name] ?? {};
  if (isObject(value)) return Object.keys(value).sort();
  throw malformed('configuration', `${name} is not an object`);
}

function descriptorOf(value: unknown, where: string): Descriptor {
  if (isObject(value)) {
    const { mediaType, digest, size } = value;
    const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
    if (isDigest(digest) && isSize) {
      return { mediaType: typeof mediaType === 'string' ? mediaType : '', digest, size };
    }
  }
  throw malformed(where, 'a part of it has no digest of SHA-256 or no size');
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestPattern.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Refused below, like any other text that is not a JSON object.
  }
  throw malformed(where, 'it is not a JSON object');
}

function malformed(where: string, why: string): TslxcError {
  return new TslxcError('OPERATION_FAILED', `the image's ${where} is malformed: ${why}`);
}
