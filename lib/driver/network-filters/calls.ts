/** What the methods of NetworkFilters take. */
import { document, optional, text } from '../../shape/shape';
import { defineOptions } from '../arguments/option-shapes';

export const networkFiltersCalls = {
  define: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  lookup: [['name', text]],
  lookupByUuid: [['uuid', text]],
  xml: [['name', text]],
  editableXml: [['name', text]],
  undefine: [['name', text]],
  bindingXml: [['port', text]],
} as const;
