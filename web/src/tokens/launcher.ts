/** The few primitive colours that the launcher needs on a page without our tokens; the same values as tokens.css. */
export const cobalt = '#1f4fbf';
export const ink = '#131822';
export const paper = '#ffffff';
export const signal = '#c4221a';
export const shade = 'rgb(19 24 34 / .16)';
