/** Runs in the head, before anything is drawn: a page that becomes dark later flashes. */
import { applyTheme, systemIsDark } from './theme';

applyTheme();
systemIsDark().addEventListener('change', applyTheme);
// Another tab has chosen.
addEventListener('storage', applyTheme);
