/** The page's entry: mounts the lab. */
import { createRoot } from 'react-dom/client';
import { Lab } from './lab';
import './styles/tokens.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Lab />);
