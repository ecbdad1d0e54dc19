import type { RunChoice } from '../pages/run-section.ts';
import { RunView } from './run-view.ts';
import { enableTips } from './tips.ts';

const runs = document.getElementById('runs');
const choices = JSON.parse(runs?.textContent ?? '[]') as RunChoice[];
enableTips(document);
if (choices.length > 0) new RunView(document, choices).start();
