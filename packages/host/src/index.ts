export { buildHouse, configFileName, readHouse, type House } from './config-folder.ts';
export { startHost, type Host, type HostParts } from './host.ts';
export { runProgram, type ProgramParts } from './program.ts';
