/** Pools of the types dir and fs: volumes are files and folders in a folder of the host. */
import { lookAtFolder, makeFolder, removeFolder } from '../pool/folder';
import { removeVolume, resizeVolume } from '../volume/change';
import { copyVolume, makeVolume } from '../volume/create';
import { volumeIn, volumeNames, volumesIn } from '../volume/look';
import type { PoolKind } from './pool-kind';

export const folderKind: PoolKind = {
  build: makeFolder,
  remove: removeFolder,
  look: lookAtFolder,
  names: ({ target }) => volumeNames(target),
  volumes: ({ target }, names) => volumesIn(target, names),
  volume: ({ target }, name) => volumeIn(target, name),
  make: ({ target }, definition, making) => makeVolume(target, definition, making),
  copy: ({ target }, definition, copying) => copyVolume(target, definition, copying),
  removeVolume: (_pool, volume) => removeVolume(volume),
  resize: resizeVolume,
};
