SELECT steps, count(), sum(n), groupArrayIf(own, is_unsure)
FROM (
  SELECT if(is_unsure, [], walk) AS steps, n, is_unsure, own
  FROM (
    SELECT arraySort(groupArray(event)) AS events, arraySlice(arrayCompact(arraySlice(arrayReverse(arrayMap(one -> toUInt8(bitAnd(bitShiftRight(one, 2), 7)), events)) AS codes, indexOf(codes, 1))), 1, 6) AS walk, length(events) AS n, person AS own, arrayExists((a, b) -> a <> b AND bitXor(a, b) < 32, arrayPopBack(events), arrayPopFront(events)) AS is_unsure
    FROM (
      SELECT user_key AS person, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(timestamp) - 1750032000000), 5) + toUInt64(1) + bitShiftLeft(toUInt64(1), 1) + bitShiftLeft(toUInt64(transform(CAST(coalesce(concat('string:', getSubcolumn(properties, 'o\'neil.:`String`')), concat('number:', replaceRegexpOne(toString(getSubcolumn(properties, 'o\'neil.:`Float64`')), 'e(\\d)', 'e+\\1')), multiIf(getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:true', NOT getSubcolumn(properties, 'o\'neil.:`Bool`'), 'boolean:false', 'null:null')), 'String'), ['string:o\'neil', 'number:1', 'boolean:true', 'null:null'], CAST([1, 2, 3, 4], 'Array(UInt32)'), toUInt32(0))), 2) AS event
      FROM events
      WHERE project = 'o\'neil' AND NOT bot AND timestamp >= toDateTime64('2025-06-16 00:00:00.000', 3, 'UTC') AND timestamp < toDateTime64('2025-06-20 00:00:00.000', 3, 'UTC') AND day >= toDate32('2025-06-16') AND day <= toDate32('2025-06-19') AND ((path != '')) AND user_key <> 0 AND user_key % 3 = 2
    )
    GROUP BY person
  )
  WHERE notEmpty(walk)
)
GROUP BY steps
