/** The Equal Earth projection (Šavrič, Patterson, Jenny 2018), scaled into a box of 1000 by about 440 without Antarctica. */

const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796];
const root3 = Math.sqrt(3);
/** Of longitude 180 on the equator. */
const xMax = 2.7066;
const top = 1.3;

/** Degrees of longitude and latitude to x and y from the upper left. */
export function equalEarth(longitude: number, latitude: number): [number, number] {
  const lambda = (longitude * Math.PI) / 180;
  const theta = Math.asin((root3 / 2) * Math.sin((latitude * Math.PI) / 180));
  const square = theta * theta;
  const sixth = square ** 3;
  const x =
    (2 * root3 * lambda * Math.cos(theta)) /
    (3 * (9 * a4 * square * sixth + 7 * a3 * sixth + 3 * a2 * square + a1));
  const y = theta * (a4 * square * sixth + a3 * sixth + a2 * square + a1);
  const scale = 500 / xMax;
  return [500 + x * scale, (top - y) * scale];
}
