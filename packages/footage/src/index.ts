export { exitCodes } from './domain/outcome.ts';
export { runProgram, type ProgramParts } from './program.ts';
