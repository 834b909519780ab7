export { createMaintenance, type Maintenance } from './maintenance-service.ts';
