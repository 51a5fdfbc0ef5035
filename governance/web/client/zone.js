/**
 * The browser's own time zone.
 * @module
 */

/** @typedef {import("./local_times.js").Zone} Zone */

/**
 * @param {string} language of the page
 * @returns {Zone}
 */
export function browsersZone(language) {
  const here = new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  return {
    say: (moment) => here.format(new Date(moment)),
    differs: (moment) => !Number.isNaN(Date.parse(moment)) && new Date(moment).getTimezoneOffset() !== 0,
  };
}
