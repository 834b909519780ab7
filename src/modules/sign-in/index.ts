export { deleteEndedSessions } from './session-life.ts';
