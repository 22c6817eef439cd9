/** The common input and output of the parts of the conversion. */
import type { HostView } from './host-view';
import type { Report } from './report';
import type { Settings } from './settings';

export interface Scene {
  readonly settings: Settings;
  readonly host: HostView;
  readonly report: Report;
}
