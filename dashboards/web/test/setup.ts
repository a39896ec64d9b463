// Stands before every test: words as a browser has them when the application begins.
import sv from '../i18n/sv.json';
import { speak } from '../src/i18n';

speak('sv', sv);
