/** A pull, step by step, from the source to the record. */
import { takeHostLock } from '../../host/state/file-lock';
import { fileError } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { programPath } from '../../host/program';
import { abortedBy } from '../../host/abort-listener';
import { TslxcError } from '../../errors';
import { present } from '../../present';
import { reach } from '../failpoint';
import { checkedName, isWholeArchive, parseSource, type ImageSource } from '../reference';
import { makeDraft, removeAbandonedDrafts } from '../../host/trees/draft';
import { imagePaths } from '../store/image-paths';
import { prepareFolders } from '../store/layer-store';
import { infoOf, writeImageRecord, type ImageRecord } from '../store/records';
import type { ImageInfo, PullOptions } from '../types';
import { downloadImage } from './download';
import { takeLayers } from './layers';
import { lookUpImage } from './look-up';
import { Progress } from './progress';
import { nameInArchive } from './tags';

const step = 'pull an image';
const usualMostBytes = 32 * 1024 ** 3;

/**
 * An image exists once its record does, which is written last. Until then, everything is in a draft, or is a complete layer.
 *
 * @throws TslxcError INVALID_ARG, OPERATION_UNSUPPORTED, OPERATION_FAILED, OPERATION_DENIED, OPERATION_ABORTED; SyscallError.
 */
export async function pullImage(
  state: StatePaths,
  text: string,
  options: PullOptions,
): Promise<ImageInfo> {
  const source = parseSource(text);
  const name = checkedName(options.name ?? source.defaultName);
  checkMost(options.mostBytes);
  for (const program of ['skopeo', 'umoci'] as const) {
    programPath({ program, package: program, step });
  }
  if (options.signal?.aborted === true) throw abortedBy(options.signal);
  try {
    return infoOf(imagePaths(state), await pull(state, { source, name, options }));
  } catch (error) {
    throw fileError(error, step);
  }
}

interface Asked {
  readonly source: ImageSource;
  readonly name: string;
  readonly options: PullOptions;
}

async function pull(state: StatePaths, asked: Asked): Promise<ImageRecord> {
  const paths = imagePaths(state);
  await prepareFolders(paths);
  using _lock = await takeHostLock({ path: paths.lock, step: 'lock the images' }, 'shared');
  reach('image:after-lock');
  await removeAbandonedDrafts(paths);
  const record = await pullInDraft(state, asked);
  reach('image:after-clean-up');
  return record;
}

async function pullInDraft(
  state: StatePaths,
  { source, name, options }: Asked,
): Promise<ImageRecord> {
  const { signal, tls = 'verify', mostBytes = usualMostBytes } = options;
  const paths = imagePaths(state);
  await using draft = await makeDraft(paths);
  reach('image:after-draft');
  const progress = new Progress(options.onProgress);
  progress.begin();
  const looking = { source, tls, signal, temporary: draft.folder };
  const looked = await lookUpImage(looking);
  const isNamed = options.name !== undefined || !isWholeArchive(source);
  const inArchive = isNamed ? undefined : await nameInArchive(looking);
  progress.update({ allLayers: looked.layers.length });
  reach('image:after-look');
  const downloaded = await downloadImage({ ...looking, paths, looked, progress });
  reach('image:after-download');
  const layering = { state, draft: draft.folder, downloaded, mostBytes, progress, signal };
  const layered = await takeLayers(layering);
  const { architecture, created, config } = downloaded.configuration;
  const record: ImageRecord = {
    name: inArchive === undefined ? name : checkedName(inArchive),
    source: source.text,
    digest: looked.digest,
    pulled: new Date().toISOString(),
    ...(created === undefined ? {} : { created }),
    architecture,
    config: present({ ...config, health: looked.health }),
    ...layered,
  };
  if (signal?.aborted === true) throw abortedBy(signal);
  reach('image:before-record');
  await writeImageRecord(paths, record);
  reach('image:after-record');
  progress.update({ phase: 'done' });
  return record;
}

function checkMost(mostBytes: number | undefined): void {
  if (mostBytes === undefined || (Number.isSafeInteger(mostBytes) && mostBytes > 0)) return;
  throw new TslxcError('INVALID_ARG', `mostBytes is ${mostBytes}, not a whole number above 0`);
}
