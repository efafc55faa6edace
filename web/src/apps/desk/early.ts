/** Runs before the desk's own script has arrived: look, words, and the answers that the first screen needs. */
import { askFor, warm } from '../../core/early';
import { applyTheme, chosenLanguage } from '../../core/prefs';
import { load } from '../../locales/desk';

applyTheme();
void load[chosenLanguage()]();
void askFor(['/api/conversations?state=open', '/api/pool', '/api/presence'], 'partner_staff');
warm();
