// The five states that are shown, and how bad each is. Shape and word carry the meaning; colour comes last.
export type State = 'down' | 'degraded' | 'unknown' | 'maint' | 'ok';

export const STATES: readonly State[] = ['down', 'degraded', 'unknown', 'maint', 'ok'];

export const GLYPH: Record<State, string> = { down: '✕', degraded: '▲', unknown: '?', maint: '◷', ok: '✓' };

export function worst(states: Iterable<State>): State {
	let found = STATES.length - 1;
	for (const state of states) found = Math.min(found, STATES.indexOf(state));
	return STATES[found] as State;
}
