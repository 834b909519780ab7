import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/portal.css';
import { createRoot } from 'react-dom/client';
import { watchConnection } from './api/connection.ts';
import { Portal } from './app/portal.tsx';
import { router } from './app/router.tsx';
import { styleNonce } from './app/style-nonce.ts';

// Components that insert styles (scroll locks, tooltips) look for it under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

watchConnection();

const place = document.getElementById('portal');
if (place === null) throw new Error('the page has no place for the portal');
// The script of the view comes while the session is read.
void router.preloadRoute({ to: location.pathname });
createRoot(place).render(<Portal />);
