/** The launcher: the one script that a broker's page includes. */
export {};

console.info('visavis');
