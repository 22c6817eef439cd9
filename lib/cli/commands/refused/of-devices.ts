/**
 * Verbs about a device of the host that libvirt refuses too: for containers no device is detached from its driver, and only mediated
 * devices, which tslxc does not list, can be started, changed or undefined.
 */
import { refusedVerbs } from './refusal';

export const commands = refusedVerbs('device', {
  'nodedev-autostart': ['virNodeDeviceSetAutostart', 'failed to mark device % as autostarted'],
  'nodedev-destroy': ['virNodeDeviceDestroy', "Failed to destroy node device '%'"],
  'nodedev-detach': ['virNodeDeviceDettach', 'Failed to detach device %'],
  'nodedev-reattach': ['virNodeDeviceReAttach', 'Failed to re-attach device %'],
  'nodedev-reset': ['virNodeDeviceReset', 'Failed to reset device %'],
  'nodedev-start': ['virNodeDeviceCreate', 'Failed to start device %'],
  'nodedev-undefine': ['virNodeDeviceUndefine', "Failed to undefine node device '%'"],
  'nodedev-update': ['virNodeDeviceUpdate', "Failed to update node device % from '%1'", 'file'],
});
