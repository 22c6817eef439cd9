// For `node --require`, as the control of what gives memory back: V8 is told of no flags, and has nothing to collect garbage by.
'use strict';
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString = () => undefined;
vm.runInNewContext = () => () => undefined;
