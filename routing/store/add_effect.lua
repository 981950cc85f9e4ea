-- Adds one effect that no other step brings about. KEYS: effects   ARGV: offset key, verb, target, data, within ms
-- Returns the effect's id.
return add_effect(KEYS[1], ARGV[2], ARGV[3], ARGV[4], now_ms(ARGV[1]) + tonumber(ARGV[5]))
