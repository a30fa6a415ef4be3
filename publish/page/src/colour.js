// Colours from the rules, mixed so that text on them can be read.

export const INK = "#17212b";
export const MUTED = "#4d5b69";
export const LINE = "#dde3e9";

const parse = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** Mix a colour with white: 1 is the colour itself, 0 is white. */
export function tint(colour, share) {
  const mixed = parse(colour).map((part) => Math.round(255 - (255 - part) * share));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour) {
  const [red, green, blue] = parse(colour).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Give the contrast of two colours, 1 to 21. */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Give the colour of text on a ground: whichever of ink and white is read better. */
export function textOn(ground) {
  return contrast(ground, INK) >= contrast(ground, "#ffffff") ? INK : "#ffffff";
}
