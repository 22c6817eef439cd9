/** The record of a start that has taken nothing, in this boot of the host. */
import type { StartRecord } from '../../../lib/container/record/run-state';
import { bootId } from '../../../lib/host/kernel/boot/boot-id';

export const startRecord: StartRecord = {
  name: 'web',
  uuid: '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
  boot: bootId(),
  persistence: 'persistent',
  xml: '<domain/>',
  hardening: 'hardened',
  undo: [],
  time: 1,
  controller: 1,
};
